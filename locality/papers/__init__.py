"""Papers: what leaves the system on paper or as a file. One description, drawn as a page, a PDF and a Word file.

Knows nothing of rooms or of Flask. A room decides what a paper says and who may have it; user text is only ever data.
"""
