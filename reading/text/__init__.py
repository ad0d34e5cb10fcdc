"""From a text as it comes to its plain paragraphs, sentences and labelled fields, and what they assert."""
