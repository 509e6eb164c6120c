"""A plan folder for July 2019 - June 2020 from the AdventureWorks reseller sales."""
