"""Charts as geometry: what a template draws as SVG, and the words of their axes and tables."""
