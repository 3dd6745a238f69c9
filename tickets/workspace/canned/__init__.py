"""The pages of canned replies, and how one comes into the composer of a ticket."""
