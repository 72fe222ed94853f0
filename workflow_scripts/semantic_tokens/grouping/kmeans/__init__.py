"""Spherical K-Means: exact on one device or several, resumable, in float32 and bfloat16."""
