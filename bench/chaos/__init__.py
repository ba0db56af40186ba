"""Faults amid conversations: is every message answered once and in order, or refused in words?"""
