"""The handbook page <-> the mapping. Pure: text and values in, values and text out."""
