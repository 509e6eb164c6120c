"""A plan folder for January - March 2018 from the won deals of a B2B sales pipeline."""
