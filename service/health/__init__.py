"""Is the service alive and ready?"""
