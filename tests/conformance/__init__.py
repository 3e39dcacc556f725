"""Conformance of delivered files to PDF/UA and PDF/A, by veraPDF's engine and by their structure."""
