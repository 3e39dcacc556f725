"""How a letter leaves the house: HTML, PDF and tables, from one frozen document."""
