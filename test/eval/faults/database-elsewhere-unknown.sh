# The name of the database is misspelt, and no name server knows it.
# case: database-connectivity DATABASE_NAME_UNKNOWN@db.shop.invalid dbHost=db.shop.invalid
true
