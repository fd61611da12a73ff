"""What `./bedside` promises on a bare machine: a database that comes back, one clear sentence, HTTPS for a room."""
