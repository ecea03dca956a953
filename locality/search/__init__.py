"""Finding people by whatever somebody types, within what they may see."""
