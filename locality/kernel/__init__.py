"""What every room stands on: settings, database, identity, time, the unit of work. No Flask, no business."""
