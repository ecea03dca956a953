"""The edge that knows Celery: it delivers what the outbox owes and runs periodic work."""
