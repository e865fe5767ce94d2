"""The pages in a real browser: Debian's Chromium, driven by playwright, against the real server.

Without Chromium these tests are skipped loudly; under CI=true its absence is a failure.
"""
