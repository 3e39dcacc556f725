"""Rules about a letter's progress: days of a chart, shares of a whole, and what waits to be done."""
