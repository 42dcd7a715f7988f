def fetch(*a, **k):
    raise NotImplementedError


class Refused(Exception):
    reason = ""
