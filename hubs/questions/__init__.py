"""How do you do it? Questions of a hub's members to each other, with answers that are kept and found."""
