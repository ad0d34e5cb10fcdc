"""The engine that finds the words of the files in reading/words in a text.

notation      how words are written in those files, and the regular expressions that they stand for
word_files    reads a file and checks it against the model of the reader that uses it
openings      with which letters a match of an expression can begin
index         finds, in one pass over a text, where each of many expressions can begin
passages      a text that remembers what was found out about it
phrases       an expression that is tried only where it can begin
"""
