"""Effect of a change on every stack: two revisions, evaluated and compared.

``revisions`` and ``evaluate`` get the documents of both. ``resources`` and ``releases`` find the differences,
``risks`` reports the dangerous ones, ``markdown`` and ``as_json`` print them. ``command`` is the command line.
"""
