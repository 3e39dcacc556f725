"""How files enter the house: read into plain values, or refused with a sentence."""
