"""What others wrote to find holes, run against a demo of ours on this machine: `make audit`."""
