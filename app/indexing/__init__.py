"""What keeps an index beside the record in step with it. An embedded store has none of this."""
