"""From text to intent and entities: our pipeline components, the words, the spaCy pipeline."""
