"""WeChat customer service: official accounts, mini-programs, and WeCom's customer service (KF)."""
