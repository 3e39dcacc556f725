"""The operator's pages, invitations to found a coalition, telemetry."""
