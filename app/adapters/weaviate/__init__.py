"""The search index in Weaviate: derived from the record, and thrown away without loss."""
