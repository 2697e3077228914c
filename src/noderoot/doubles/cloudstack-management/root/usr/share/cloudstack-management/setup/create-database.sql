-- DOUBLE of CloudStack's create-database.sql: it drops without a question, as that does
DROP DATABASE IF EXISTS cloud;
DROP DATABASE IF EXISTS cloud_usage;
CREATE DATABASE cloud;
CREATE DATABASE cloud_usage;
