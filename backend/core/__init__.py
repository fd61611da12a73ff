"""The ground floor: the door and its log, the database, the clock, settings and errors. It knows no medicine."""
