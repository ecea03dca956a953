"""The web edge: who may open a page, forms, layout, security headers. Rooms bring the pages."""
