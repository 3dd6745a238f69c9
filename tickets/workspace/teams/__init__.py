"""The pages of teams: who belongs to them and is on duty, and how supervisors write them."""
