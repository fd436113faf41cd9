"""Offline records (离线同步): operations made once on the phone, applied once on the server, nothing lost or doubled."""
