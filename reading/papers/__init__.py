"""What type a document is, from the words and the shapes of its name and its text."""
