"""From bytes to text: what is accepted as a document, which kind it is of, and the text that it holds.

This package imports nothing when it is imported, since the children that read documents import it as well.
"""
