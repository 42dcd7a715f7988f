def split_html(page):
    return None


def articles(source, given, drafts):
    return iter(())


def read_docx(source, given):
    return iter(())


def read_rtf(source, given):
    return iter(())


def read_pdf(source, given):
    return iter(())
