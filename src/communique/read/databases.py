def split(lines):
    return None
