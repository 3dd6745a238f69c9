"""Behind every due time: its sum, told in words, as a table and as a drawing."""
