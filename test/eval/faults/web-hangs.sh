# A program takes connections and never answers.
# case: service-health HTTP_SILENT@port/8080 unit=app.service httpPort=8080
listener 8080
