"""What somebody has typed and not sent yet, kept so that nothing is lost."""
