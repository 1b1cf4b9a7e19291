"""What people look at: charts, HTML and Excel."""
