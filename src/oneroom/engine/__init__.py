"""The deciding half: values in, values out. No framework, no files, no clock, no global randomness."""
