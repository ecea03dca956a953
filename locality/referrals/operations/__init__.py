"""What the front door and services do, one module for each part of the path."""
