"""The rules of the front door: codes, life of a referral, screening, routing, clocks."""
