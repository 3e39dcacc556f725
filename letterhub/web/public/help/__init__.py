"""Letters: drafts, revisions, signing settings, branding, previews, the next step."""
