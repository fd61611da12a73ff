"""What `./bedside` understands, and what each of its words does once the environment stands."""
