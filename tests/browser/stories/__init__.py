"""Stories that cross the whole product, from one end of an organizer's weeks to the other."""
