"""WeChat customer service: official accounts, mini-programs, and WeCom's customer service (KF).

`protocol/` reads and writes what the platform sends (no I/O), `store/` keeps, `client/` calls the
platform's API, `conversation/` answers; `app.py` puts them together for `channel.py`.
"""
