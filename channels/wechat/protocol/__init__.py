"""What WeChat sends and takes: crypto, codec, pushes, messages, cutting of texts. No I/O."""
