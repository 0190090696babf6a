"""The NLBs of the stack and the load balancer controller's part in them, played on this machine.

Real: bytes, addresses, TLS, the PROXY header, health checks, security-group rules, the order of things. Played: AWS and
the controller, which reads bindings and EndpointSlices of a real API server. Times are those of ``local.time_scale``.
"""
