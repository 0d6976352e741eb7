"""Stand-ins for Zendesk, Salesforce and Slack on loopback, with pages that show what each received.

Run it with ``python -m sandbox --port 8010``. It is a separate program: it imports nothing of the portal and the
portal imports nothing of it, so what the portal sends is judged by something that does not share its mistakes.
"""
