"""Small services in the place of Bookinfo's images: same paths, same answers, same calls, standard library only."""

# By the name of the image without ``examples-bookinfo-``: what ``python local/bookinfo NAME`` serves.
SERVICES = ("productpage-v1", "details-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3")
# Kept by the originals' sources; ``components.bookinfo.routing`` sends it on.
PORT = 9080
