"""What a change of this repository does to every stack: two revisions, evaluated and compared.

``revisions`` and ``evaluate`` get the documents of both, ``resources`` and ``releases`` find what differs, ``risks``
says what of it can hurt, ``markdown`` and ``as_json`` print it; ``command`` is what a person runs.
"""
