"""Letters: drafts, revisions, signing settings, branding, previews, copies, the next step."""
